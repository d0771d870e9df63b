// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The ERC-1155 of the next protocol generation, as far as approvals and balance reads need it: nothing is minted.
contract PositionManager {
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function balanceOf(address, uint256) external pure returns (uint256) {
        return 0;
    }

    function balanceOfBatch(address[] calldata owners, uint256[] calldata) external pure returns (uint256[] memory) {
        return new uint256[](owners.length);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0xd9b67a26;
    }
}
